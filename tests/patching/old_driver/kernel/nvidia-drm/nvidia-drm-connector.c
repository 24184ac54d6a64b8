#include <linux/module.h>
#include <drm/drm_connector.h>
#include <drm/drm_modeset_helper_vtables.h>

static enum drm_mode_status
nv_drm_connector_mode_valid(struct drm_connector *connector, struct drm_display_mode *mode)
{
    return MODE_OK;
}

const struct drm_connector_helper_funcs nv_connector_helper_funcs = {
    .mode_valid = nv_drm_connector_mode_valid,
};

int nv_drm_colorspace(struct drm_connector *connector);
int nv_drm_colorspace(struct drm_connector *connector)
{
    return drm_mode_create_dp_colorspace_property(connector);
}
