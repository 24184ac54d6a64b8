#include <linux/module.h>
#include <drm/drm_crtc_helper.h>
#include <drm/drm_framebuffer.h>

void nv_drm_fill(struct drm_device *dev, struct drm_framebuffer *fb, const struct drm_mode_fb_cmd2 *cmd);
void nv_drm_fill(struct drm_device *dev, struct drm_framebuffer *fb, const struct drm_mode_fb_cmd2 *cmd)
{
    drm_helper_mode_fill_fb_struct(dev, fb, cmd);
}
