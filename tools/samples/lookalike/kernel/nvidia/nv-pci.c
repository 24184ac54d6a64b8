// SPDX-License-Identifier: MIT
/* Refuses a virtual function without an IOMMU. Before Linux 6.8 the bus had the answer. */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/iommu.h>

static int nv_pci_probe(struct pci_dev *pci_dev, const struct pci_device_id *id)
{
    if (pci_dev->is_virtfn)
    {
#ifdef FIXED
        if (!device_iommu_mapped(&pci_dev->dev))
            return -ENODEV;
#else
//@line 225
        if (pci_dev->dev.bus->iommu_ops == NULL)
            return -ENODEV;
#endif
    }
    return 0;
}

static const struct pci_device_id nv_pci_table[] = { { } };

static struct pci_driver nv_pci_driver = {
    .name = "nvidia",
    .id_table = nv_pci_table,
    .probe = nv_pci_probe,
};
module_pci_driver(nv_pci_driver);
