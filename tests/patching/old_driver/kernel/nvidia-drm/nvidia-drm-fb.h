#include <drm/drm_framebuffer.h>

struct drm_framebuffer *nv_drm_internal_framebuffer_create(struct drm_device *dev, struct drm_file *file,
                                                           struct drm_mode_fb_cmd2 *cmd);
