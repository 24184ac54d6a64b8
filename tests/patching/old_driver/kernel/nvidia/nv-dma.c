#include <linux/module.h>
#include <drm/drm_gem.h>

void nv_dma_release(struct drm_gem_object *object);
void nv_dma_release(struct drm_gem_object *object)
{
    drm_gem_object_put_unlocked(object);
}
