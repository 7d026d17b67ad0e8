// SPDX-License-Identifier: MIT
#include "base/srgb.h"

#include "base/srgb_table.h"
