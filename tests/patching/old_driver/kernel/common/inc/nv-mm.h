#include "conftest.h"
#include <linux/mm.h>

static inline long nv_get_user_pages(unsigned long start, unsigned long nr_pages, unsigned int flags,
                                     struct page **pages, struct vm_area_struct **vmas)
{
    return get_user_pages(start, nr_pages, flags, pages, vmas);
}

static inline long nv_get_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long nr_pages,
                                            unsigned int flags, struct page **pages, struct vm_area_struct **vmas)
{
    return get_user_pages_remote(mm, start, nr_pages, flags, pages, vmas, NULL);
}
