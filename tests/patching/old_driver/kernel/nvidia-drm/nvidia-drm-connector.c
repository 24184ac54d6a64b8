#include <linux/module.h>
#include <drm/drm_connector.h>

int nv_drm_colorspace(struct drm_connector *connector);
int nv_drm_colorspace(struct drm_connector *connector)
{
    return drm_mode_create_dp_colorspace_property(connector);
}
