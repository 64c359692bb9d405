// SPDX-License-Identifier: BSD-3-Clause
// The C++ part: containers and an exception.
#include "mixed.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <vector>

int cxx_sum_of_squares(int n)
{
    std::vector<int> values(static_cast<std::size_t>(n));
    std::iota(values.begin(), values.end(), 1);
    std::transform(values.begin(), values.end(), values.begin(), mixed_square);
    return std::accumulate(values.begin(), values.end(), 0);
}

int cxx_catches()
{
    try {
        return std::vector<int>{}.at(1);
    } catch (const std::out_of_range &) {
        return 1;
    }
}
