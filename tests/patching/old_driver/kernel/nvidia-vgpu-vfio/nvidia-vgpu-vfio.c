#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>

const struct file_operations vgpu_fops = {
    .owner = THIS_MODULE,
    .llseek = no_llseek,
};

struct class *vgpu_class(void);
struct class *vgpu_class(void)
{
    return class_create(THIS_MODULE, "nvidia-vgpu-vfio");
}

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("own code for tests");
