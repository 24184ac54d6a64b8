#include <linux/module.h>

int nvidia_vgpu_vfio_set_ops(void *ops);
int nvidia_vgpu_vfio_set_ops(void *ops)
{
    return ops ? 0 : -EINVAL;
}
EXPORT_SYMBOL(nvidia_vgpu_vfio_set_ops);

int nvidia_vgpu_vfio_get_ops(void *ops);
int nvidia_vgpu_vfio_get_ops(void *ops)
{
    return ops ? 0 : -EINVAL;
}
EXPORT_SYMBOL(nvidia_vgpu_vfio_get_ops);
