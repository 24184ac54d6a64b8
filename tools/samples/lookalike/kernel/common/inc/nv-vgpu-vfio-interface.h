// SPDX-License-Identifier: MIT
/* The calls from nvidia.ko into nvidia-vgpu-vfio.ko. */
#ifndef NV_VGPU_VFIO_INTERFACE_H
#define NV_VGPU_VFIO_INTERFACE_H
struct pci_dev;
unsigned int nvidia_vgpu_vfio_probe(struct pci_dev *pci_dev);
void nvidia_vgpu_vfio_remove(struct pci_dev *pci_dev, unsigned char remove);
int nv_vfio_mdev_register_driver(void);
void nv_vfio_mdev_unregister_driver(void);
#endif
