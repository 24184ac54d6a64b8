#include <linux/mm.h>
#include <linux/module.h>

void nv_mmap(struct vm_area_struct *vma);
void nv_mmap(struct vm_area_struct *vma)
{
    vma->vm_flags |= VM_IO | VM_DONTEXPAND;
    vma->vm_flags &= ~VM_MAYEXEC;
}
