#include "nv-mm.h"

static int nv_follow_pfn(struct vm_area_struct *vma, unsigned long address, unsigned long *pfn)
{
    return follow_pfn(vma, address, pfn);
}

long os_lock(struct vm_area_struct *vma, struct page **pages);
long os_lock(struct vm_area_struct *vma, struct page **pages)
{
    unsigned long pfn;

    if (nv_follow_pfn(vma, vma->vm_start, &pfn) == 0)
        return 0;
    return nv_get_user_pages(vma->vm_start, 1, FOLL_WRITE, pages, NULL) +
           nv_get_user_pages_remote(vma->vm_mm, vma->vm_start, 1, FOLL_WRITE, pages, NULL);
}
