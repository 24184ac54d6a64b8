// SPDX-License-Identifier: MIT
/*
 * Passes a virtual GPU's interrupts to the VM by eventfd, which lost its counter argument in Linux 6.8.
 * NS_BARE: the import as written before Linux 6.13. NS_MISSING: uses a namespace without importing it.
 */
#include <linux/module.h>
#include <linux/interrupt.h>
#include <linux/eventfd.h>
#include "nv-vgpu-vfio-interface.h"

struct vgpu_dev
{
    struct eventfd_ctx *trigger;
};

#ifdef NS_MISSING
struct iommufd_access *iommufd_access_create(void *ictx, const void *ops, void *data, u32 *id);
void iommufd_access_destroy(struct iommufd_access *access);
#endif

static irqreturn_t vgpu_msix_handler(int irq, void *arg)
{
    struct eventfd_ctx *trigger = ((struct vgpu_dev *)arg)->trigger;

    if (trigger != NULL)
#ifdef FIXED
        eventfd_signal(trigger);
#else
//@line 2656
        eventfd_signal(trigger, 1);
#endif
    else
        return IRQ_NONE;
    return IRQ_HANDLED;
}

int nv_vgpu_set_irq(struct vgpu_dev *vgpu_dev, int irq);
int nv_vgpu_set_irq(struct vgpu_dev *vgpu_dev, int irq)
{
    return request_irq(irq, vgpu_msix_handler, 0, "vgpu", vgpu_dev);
}

int nv_vgpu_inject_interrupt(struct vgpu_dev *vgpu_dev);
int nv_vgpu_inject_interrupt(struct vgpu_dev *vgpu_dev)
{
    struct eventfd_ctx *trigger = vgpu_dev->trigger;

#ifdef FIXED
    eventfd_signal(trigger);
#else
//@line 2973
    eventfd_signal(trigger, 1);
#endif
    return 0;
}

static int __init nvidia_vgpu_vfio_init(void)
{
#ifdef NS_MISSING
    iommufd_access_destroy(iommufd_access_create(NULL, NULL, NULL, NULL));
#endif
    return nv_vfio_mdev_register_driver();
}

static void __exit nvidia_vgpu_vfio_exit(void)
{
    nv_vfio_mdev_unregister_driver();
}

module_init(nvidia_vgpu_vfio_init);
module_exit(nvidia_vgpu_vfio_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("look-alike for sample logs");
#ifdef NS_BARE
//@line 5432
MODULE_IMPORT_NS(IOMMUFD);
#endif
