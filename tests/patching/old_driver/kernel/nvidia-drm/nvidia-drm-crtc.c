#include <linux/module.h>
#include <drm/drm_atomic_helper.h>
#include <drm/drm_crtc.h>

const struct drm_crtc_funcs nv_crtc_funcs = {
    .set_config = drm_atomic_helper_set_config,
    .gamma_set = drm_atomic_helper_legacy_gamma_set,
    .page_flip = drm_atomic_helper_page_flip,
};
