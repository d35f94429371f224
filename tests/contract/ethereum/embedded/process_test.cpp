// The embedded ledger as a process: it says when it serves, keeps its store over SIGKILL, and ends well on SIGTERM.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "adapters/ethereum/embedded/process.hpp"
#include "adapters/ethereum/evm/abi.hpp"
#include "adapters/ethereum/evm/transaction.hpp"
#include "adapters/ethereum/rpc/http.hpp"

using namespace ustp;
using namespace ustp::ethereum;

namespace {

SigningKey agent() { return SigningKey::from_secret(crypto::SecretBytes(Bytes(32, 7))).value(); }

struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("ustp-eth-process-" + std::to_string(::getpid()));
  Folder() { std::filesystem::create_directory(path); }
  ~Folder() { std::filesystem::remove_all(path); }
};

class Process {
 public:
  explicit Process(const std::vector<std::string>& arguments) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    std::fflush(stdout);  // or the child would write our buffered text a second time
    pid_ = ::fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      ::dup2(ends[1], 1);
      ::close(ends[0]);
      ::_exit(run_process(arguments));
    }
    ::close(ends[1]);
    for (char c = 0; ::read(ends[0], &c, 1) == 1 && c != '\n';) said_ += c;  // ends with the process at the latest
    ::close(ends[0]);
  }
  ~Process() {
    if (pid_ > 0) end(SIGKILL);
  }
  int end(int signal) {
    ::kill(pid_, signal);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string ask(const std::string& request) const {
    REQUIRE(said_.rfind("ready 127.0.0.1:", 0) == 0);
    HttpOptions http;
    http.url = "http://" + said_.substr(6);
    return make_http_rpc(http).value()->post(request).value_or("no answer");
  }
  const std::string& said() const { return said_; }

 private:
  pid_t pid_ = -1;
  std::string said_;
};

std::string book() {
  return R"({"ledger":"eth-1","instrument":"US0378331005","scale":0,"custody":"0x)" + std::string(40, 'c') +
         R"(","suspense":"0x)" + std::string(40, '5') + R"(","accounts":[{"id":"0x)" + std::string(40, '1') +
         R"(","capacity":"client","units":"1000","blocked":false}]})";
}
std::string balance_request(const char* digit) {
  return R"({"id":1,"method":"eth_call","params":[{"to":"0x)" + std::string(40, 'e') + R"(","data":"0x70a08231000000000000000000000000)" +
         std::string(40, digit[0]) + R"("},"latest"]})";
}
bool answers(const std::string& text, Uint128 value) { return text.find("\"result\":\"" + to_hex0x(word_from(value).view()) + "\"") != std::string::npos; }

}  // namespace

TEST_CASE("a process serves, remembers over SIGKILL what it answered, and ends with 0 on SIGTERM") {
  const Folder folder;
  std::ofstream(folder.path / "book.json") << book();
  std::vector<std::string> arguments = {"--listen", "127.0.0.1:0", "--store", (folder.path / "store").string(), "--agent",
                                        to_text(agent().address()), "--contract", "0x" + std::string(40, 'e'),
                                        "--finality-depth", "2", "--block-ms", "0", "--seed", "3",
                                        "--faults", "late=0,twice=0,unknown=0"};
  auto first = arguments;
  first.insert(first.end(), {"--book", (folder.path / "book.json").string()});
  {
    Process process(first);
    CHECK(answers(process.ask(balance_request("1")), 1'000));
    const std::vector<Word> words = {word_from(Address(std::array<std::uint8_t, 20>{9})), word_from(Uint128{5})};
    Transaction t{31'337, 0, 1, 3'000'000'000U, 200'000, Address::from_bytes(Bytes(20, 0xee)).value(), 0,
                  abi::encode_call(abi::selector("mint(address,uint256)"), words)};
    const auto raw = to_hex0x(sign(t, agent()).raw);
    CHECK(process.ask(R"({"id":2,"method":"eth_sendRawTransaction","params":[")" + raw + "\"]}").find("result") != std::string::npos);
    process.end(SIGKILL);
  }
  Process again(arguments);  // without a book
  CHECK(answers(again.ask(R"({"id":3,"method":"eth_call","params":[{"to":"0x)" + std::string(40, 'e') + R"(","data":"0x18160ddd"},"latest"]})"), 1'005));
  CHECK(again.end(SIGTERM) == 0);
}

TEST_CASE("flags that cannot be used end the process with 2, before it serves") {
  for (const std::vector<std::string>& bad : std::vector<std::vector<std::string>>{
           {"--listen"}, {"--what", "x"}, {"--listen", "0.0.0.0:0"}, {"--chain-id", "-1"}, {"--book", "/nowhere"},
           {"--faults", "late=101"}, {"--agent", "0x12"}, {}}) {
    Process process(bad);
    CHECK(process.said().empty());
    CHECK(process.end(0) == 2);
  }
}
