// SPDX-License-Identifier: MIT
/* Marks a mapping as device memory. vm_flags_set() is inline: what it calls, the module links. */
#include <linux/mm.h>

int nvidia_mmap(struct vm_area_struct *vma);
int nvidia_mmap(struct vm_area_struct *vma)
{
    vm_flags_set(vma, VM_IO | VM_DONTEXPAND);
    return 0;
}
