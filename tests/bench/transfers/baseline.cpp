#include "tests/bench/transfers/baseline.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>

#include "ustp/crypto/crypto.hpp"

namespace ustp::bench {
namespace {

template <class Work>
double per_second(Work work, double seconds = 0.7) {
  using Clock = std::chrono::steady_clock;
  const auto began = Clock::now();
  std::uint64_t count = 0;
  double took = 0;
  do {
    work();
    ++count;
    took = std::chrono::duration<double>(Clock::now() - began).count();
  } while (took < seconds);
  return static_cast<double>(count) / took;
}

}  // namespace

double fdatasyncs_per_s(const std::filesystem::path& folder) {
  const auto path = folder / "fdatasync.probe";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (fd < 0) return 0;
  constexpr off_t kSize = 4 << 20;
  const std::string zeros(static_cast<std::size_t>(kSize), '\0');
  const bool prepared = ::pwrite(fd, zeros.data(), zeros.size(), 0) == kSize && ::fsync(fd) == 0;
  const std::string record(512, 'x');
  off_t at = 0;
  const double out = prepared ? per_second([&] {
    if (::pwrite(fd, record.data(), record.size(), at) < 0) return;
    ::fdatasync(fd);
    at = (at + 512) % kSize;
  }) : 0;
  ::close(fd);
  ::unlink(path.c_str());
  return out;
}

double p256_signs_per_s() {
  const auto key = crypto::generate_key(crypto::Algorithm::kEs256).value();
  const auto signer = crypto::load_signer_pem(as_text(key.private_pem.view())).value();
  const Bytes message(1024, 7);
  return per_second([&] { (void)signer->sign(message); });
}

double p256_verifies_per_s() {
  const auto key = crypto::generate_key(crypto::Algorithm::kEs256).value();
  const auto signer = crypto::load_signer_pem(as_text(key.private_pem.view())).value();
  const auto verifier = crypto::make_verifier(signer->spki()).value();
  const Bytes message(1024, 7);
  const auto signature = signer->sign(message).value();
  return per_second([&] { (void)verifier->verify(message, signature); });
}

std::string file_system(const std::filesystem::path& folder) {
  struct statfs info {};
  if (::statfs(folder.c_str(), &info) != 0) return "unknown";
  switch (info.f_type) {
    case 0x01021994: return "tmpfs";
    case 0xEF53: return "ext4";
    case 0x58465342: return "xfs";
    case 0x9123683E: return "btrfs";
    case 0x794c7630: return "overlayfs";
    default: break;
  }
  std::ostringstream out;
  out << "0x" << std::hex << info.f_type;
  return out.str();
}

std::uint64_t kernel_flushes(const std::filesystem::path& folder) {
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0) return 0;
  std::ifstream in("/sys/dev/block/" + std::to_string(major(info.st_dev)) + ":" + std::to_string(minor(info.st_dev)) +
                   "/stat");
  std::uint64_t value = 0;
  for (int i = 0; i < 16; ++i) in >> value;  // the 16th field counts flushes (kernel 5.5 and later)
  return in ? value : 0;
}

}  // namespace ustp::bench
