#include <linux/module.h>
#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_mode_config.h>
#include <drm/drm_prime.h>
#include "nvidia-drm-fb.h"

static void nv_drm_output_poll_changed(struct drm_device *dev)
{
}

static struct drm_framebuffer *nv_drm_framebuffer_create(struct drm_device *dev, struct drm_file *file,
                                                         const struct drm_mode_fb_cmd2 *cmd)
{
    struct drm_mode_fb_cmd2 local_cmd = *cmd;

    return nv_drm_internal_framebuffer_create(dev, file, &local_cmd);
}

const struct drm_mode_config_funcs nv_mode_config_funcs = {
    .fb_create = nv_drm_framebuffer_create,
    .output_poll_changed = nv_drm_output_poll_changed,
};

struct drm_driver nv_drm_driver = {
    .name = "nvidia-drm",
    .desc = "own code for tests",
    .date = "20160202",
    .gem_prime_mmap = drm_gem_prime_mmap,
};

int nv_drm_load(struct drm_device *dev);
int nv_drm_load(struct drm_device *dev)
{
    nv_drm_driver.dumb_destroy = NULL;
    dev->mode_config.allow_fb_modifiers = true;
    dev->mode_config.fb_base = 0;
    return DRM_RENDER_ALLOW|DRM_UNLOCKED;
}

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("own code for tests");
