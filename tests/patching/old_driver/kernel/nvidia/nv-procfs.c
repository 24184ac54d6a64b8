#include "nv-procfs-utils.h"

void *nv_procfs_private(struct inode *inode);
void *nv_procfs_private(struct inode *inode)
{
    return nv_pde_data(inode);
}
