#include <linux/fs.h>
#include <linux/proc_fs.h>

static inline void *nv_pde_data(const struct inode *inode)
{
    return PDE_DATA(inode);
}
