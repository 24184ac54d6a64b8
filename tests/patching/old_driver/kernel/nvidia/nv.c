#include "nv-linux.h"

void *nv_map(phys_addr_t phys, unsigned long size);
void *nv_map(phys_addr_t phys, unsigned long size)
{
    return size ? nv_ioremap_nocache(phys, size) : nv_vmalloc(size);
}

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("own code for tests");
