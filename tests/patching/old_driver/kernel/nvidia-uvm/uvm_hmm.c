#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/page-flags.h>

bool uvm_hmm_takes(struct page *page);
bool uvm_hmm_takes(struct page *page)
{
    struct dev_pagemap *pgmap = get_dev_pagemap(page_to_pfn(page), NULL);

    return pgmap || PageSwapCache(page);
}
