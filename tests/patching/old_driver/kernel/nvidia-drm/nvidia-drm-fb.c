#include <linux/module.h>
#include <linux/slab.h>
#include <drm/drm_crtc_helper.h>
#include "nvidia-drm-fb.h"

struct nv_drm_framebuffer
{
    struct drm_framebuffer base;
};

struct drm_framebuffer *nv_drm_internal_framebuffer_create(struct drm_device *dev, struct drm_file *file,
                                                           struct drm_mode_fb_cmd2 *cmd)
{
    struct nv_drm_framebuffer *nv_fb = kzalloc(sizeof(*nv_fb), GFP_KERNEL);

    if (!nv_fb)
        return ERR_PTR(-ENOMEM);
    drm_helper_mode_fill_fb_struct(dev, &nv_fb->base, cmd);
    return &nv_fb->base;
}
