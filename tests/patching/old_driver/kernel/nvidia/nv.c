#include <linux/timer.h>
#include "nv-linux.h"

void *nv_map(phys_addr_t phys, unsigned long size);
void *nv_map(phys_addr_t phys, unsigned long size)
{
    return size ? nv_ioremap_nocache(phys, size) : nv_vmalloc(size);
}

void nv_stop_timer(struct timer_list *timer);
void nv_stop_timer(struct timer_list *timer)
{
    del_timer_sync(timer);
}

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("own code for tests");
