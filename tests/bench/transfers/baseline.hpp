#pragma once
// Reference figures taken beside the run: the disk and the processor alone.

#include <cstdint>
#include <filesystem>
#include <string>

namespace ustp::bench {

double fdatasyncs_per_s(const std::filesystem::path& folder);   // 512-octet appends to a preallocated file
double p256_signs_per_s();
double p256_verifies_per_s();
std::string file_system(const std::filesystem::path& folder);   // "ext4", "tmpfs", …
// Flush requests the kernel completed on the folder's block device since boot; 0 when it does not tell.
std::uint64_t kernel_flushes(const std::filesystem::path& folder);

}  // namespace ustp::bench
