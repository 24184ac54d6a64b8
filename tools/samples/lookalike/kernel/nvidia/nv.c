// SPDX-License-Identifier: MIT
/* PROPRIETARY: the licence of the closed modules, with which symbols exported to GPL modules alone do not link. */
#include <linux/module.h>
#include "nv-vgpu-vfio-interface.h"

#ifdef PROPRIETARY
MODULE_LICENSE("NVIDIA");
#else
MODULE_LICENSE("Dual MIT/GPL");
#endif
MODULE_DESCRIPTION("look-alike for sample logs");
