#include <linux/iommu.h>
#include <linux/module.h>

int uvm_ats_bind(struct device *dev, struct mm_struct *mm);
int uvm_ats_bind(struct device *dev, struct mm_struct *mm)
{
    struct iommu_sva *handle;
    int ret;

    ret = iommu_dev_enable_feature(dev, IOMMU_DEV_FEAT_SVA);
    if (ret)
        return ret;
    handle = iommu_sva_bind_device(dev, mm, NULL);
    if (IS_ERR(handle))
        iommu_dev_disable_feature(dev, IOMMU_DEV_FEAT_SVA);
    return PTR_ERR_OR_ZERO(handle);
}

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("own code for tests");
