#include <linux/delay.h>
#include <linux/hardirq.h>
#include <linux/sched.h>

static inline bool nv_may_sleep(void)
{
    return !in_irq();
}

static inline void nv_sleep(long jiffies)
{
    do
    {
        current->state = TASK_INTERRUPTIBLE;
        jiffies = schedule_timeout(jiffies);
    } while (jiffies > 0);
}
