#include <linux/io.h>
#include <linux/module.h>
#include <linux/vmalloc.h>
#include <asm/kmap_types.h>

static inline void *nv_ioremap_nocache(phys_addr_t phys, unsigned long size)
{
    return (__force void *)ioremap_nocache(phys, size);
}

static inline void *nv_vmalloc(unsigned long size)
{
    return __vmalloc(size, GFP_KERNEL, PAGE_KERNEL);
}
