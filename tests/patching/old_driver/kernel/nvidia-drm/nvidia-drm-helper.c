#include <linux/module.h>
#include "nvidia-drm-helper.h"

void nv_drm_release(struct drm_framebuffer *fb);
void nv_drm_release(struct drm_framebuffer *fb)
{
    drm_framebuffer_put(fb);
}
