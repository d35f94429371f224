// Consuming events exactly once. The gateway gives every event again to whoever asks with an older cursor; so what an
// event led to and its cursor are kept in one durable step, and the next run goes on behind it. Here both are one line of
// a file; in a database they would be one transaction. Kill it whenever you like, and start it again.
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <thread>

#include "ustp/client/client.hpp"

using namespace ustp;

namespace {

// A file of lines "CURSOR TRANSFER STATE". A line counts when it is whole: the kill may come in the middle of one.
class Lines {
 public:
  explicit Lines(const std::string& path) : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
    std::ifstream in(path, std::ios::binary);
    off_t whole = 0;
    for (std::string line; std::getline(in, line) && !in.eof(); whole = in.tellg())
      cursor_ = line.substr(0, line.find(' '));
    if (file_ >= 0 && ::ftruncate(file_, whole) != 0) ok_ = false;
  }
  ~Lines() { ::close(file_); }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  bool ok() const { return file_ >= 0 && ok_; }
  const std::string& cursor() const { return cursor_; }  // of the last whole line; empty: none
  bool add(const client::Event& event) {
    const auto line = event.cursor + " " + event.transfer.hex() + " " + event.state + "\n";
    return ::write(file_, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fdatasync(file_) == 0;
  }

 private:
  int file_;
  bool ok_ = true;
  std::string cursor_;
};

int failed(const std::string& what) {
  std::cerr << "follow_events: " << what << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6)
    return failed("use: follow_events URL PKI-FOLDER PARTICIPANT FILE ENDS (that end it; 0: nothing does)");
  const std::string pki = argv[2], who = pki + "/participant-" + argv[3];
  auto transport = client::make_https_transport({.base_url = argv[1],
                                                 .ca_file = pki + "/ca.pem",
                                                 .certificate_file = who + ".pem",
                                                 .key_file = who + ".key.pem"});
  if (!transport) return failed(to_string(transport.error()));
  client::Client gateway(*std::move(transport), std::make_unique<SystemRandom>(), [](Duration time) {
    std::this_thread::sleep_for(std::chrono::nanoseconds(time.ns));
  });
  Lines lines(argv[4]);
  if (!lines.ok()) return failed(std::string(argv[4]) + " cannot be used");
  std::cout << "going on behind " << (lines.cursor().empty() ? "nothing" : lines.cursor()) << std::endl;

  // Ends after so many ends of transfers in this run; one that runs for good gives no number.
  auto ends = std::stoul(argv[5]);
  bool kept = true;
  client::FollowOptions options;
  options.after = lines.cursor();
  const auto end = gateway.follow(options, [&](const client::Event& event) {
    kept = lines.add(event);
    if (!kept) return false;
    const bool over = event.status == "completed" || event.status == "aborted";
    return !over || ends == 0 || --ends > 0;
  });
  if (!kept) return failed(std::string(argv[4]) + " cannot be written");
  // cursor_expired: this consumer was away for longer than the gateway keeps events. List the transfers, deal with what
  // changed, and go on behind `restart_after`.
  return end ? 0 : failed(to_string(end.failure()) + " " + end.failure().restart_after);
}
