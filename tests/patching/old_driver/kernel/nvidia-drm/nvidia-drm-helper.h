#include <drm/drm_crtc.h>
