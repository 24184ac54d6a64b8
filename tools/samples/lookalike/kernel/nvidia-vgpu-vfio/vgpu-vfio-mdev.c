// SPDX-License-Identifier: MIT
/* A mediated device with the iommufd hooks of Linux 6.2 to 6.5: from 6.6 on, vfio also wants .detach_ioas. */
#include <linux/module.h>
#include <linux/version.h>
#include <linux/vfio.h>
#include <linux/mdev.h>
#include "nv-vgpu-vfio-interface.h"

struct vgpu_vfio
{
    struct vfio_device vdev;
};

static int nv_vfio_mdev_dev_init(struct vfio_device *vdev)
{
    return 0;
}

static const struct vfio_device_ops nv_vfio_mdev_dev_ops = {
    .name = "nvidia-vgpu-vfio",
    .init = nv_vfio_mdev_dev_init,
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
    .bind_iommufd = vfio_iommufd_emulated_bind,
    .unbind_iommufd = vfio_iommufd_emulated_unbind,
    .attach_ioas = vfio_iommufd_emulated_attach_ioas,
#endif
};

static int nv_vfio_mdev_probe(struct mdev_device *mdev)
{
    struct vgpu_vfio *vgpu = vfio_alloc_device(vgpu_vfio, vdev, mdev_dev(mdev), &nv_vfio_mdev_dev_ops);

    if (IS_ERR(vgpu))
        return PTR_ERR(vgpu);
    return vfio_register_emulated_iommu_dev(&vgpu->vdev);
}

static struct mdev_driver nv_vfio_mdev_driver = {
    .device_api = VFIO_DEVICE_API_PCI_STRING,
    .driver = { .name = "nvidia-vgpu-vfio", .owner = THIS_MODULE },
    .probe = nv_vfio_mdev_probe,
};

int nv_vfio_mdev_register_driver(void)
{
    return mdev_register_driver(&nv_vfio_mdev_driver);
}

void nv_vfio_mdev_unregister_driver(void)
{
    mdev_unregister_driver(&nv_vfio_mdev_driver);
}
