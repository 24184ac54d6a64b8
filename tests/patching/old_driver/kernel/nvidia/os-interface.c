#include <linux/memory_hotplug.h>
#include "nv-time.h"

int os_offline(u64 start, u64 size);
int os_offline(u64 start, u64 size)
{
    if (nv_may_sleep())
        nv_sleep(1);
    return remove_memory(0, start, size);
}
