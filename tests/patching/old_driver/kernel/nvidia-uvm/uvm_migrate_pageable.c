#include <linux/migrate.h>
#include <linux/mm.h>

unsigned long uvm_migrate_entry(struct page *page);
unsigned long uvm_migrate_entry(struct page *page)
{
    return migrate_pfn(page_to_pfn(page)) | MIGRATE_PFN_LOCKED;
}
