#include <stdarg.h>

int nv_printf(const char *format, va_list arguments);
