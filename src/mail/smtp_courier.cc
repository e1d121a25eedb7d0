#include "mail/smtp_courier.h"

#include <csignal>

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include "base/check.h"
#include "mail/capture_courier.h"
#include "mail/compose.h"
#include "mail/smtp_link.h"

namespace onward::mail {
namespace {

using ports::Delivery;
using ports::Fate;
using ports::Mailbox;
using ports::Parcel;
using std::chrono::steady_clock;

constexpr int kParcelsPerConnection = 4;  // below this another handshake costs more than it gains
constexpr int kMaxBreaks = 3;             // connections lost in a row before a mailbox rests until the next attempt
constexpr int kMaxTries = 2;              // of one parcel that no reply was about, within one send()

// OpenSSL writes to sockets without MSG_NOSIGNAL.
void block_sigpipe() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Outgoing outgoing(const Parcel& p) {
  return {p.message.touch, p.message.from_address, p.message.to_address, compose(p.message)};
}

}  // namespace

// Idle links by mailbox, and how many are open. A thread of its own closes those that nobody has asked for in time.
class SmtpCourier::Pool {
 public:
  Pool(const SmtpOptions& o, Egress egress) : options_(o), egress_(std::move(egress)) {
    auto context = TlsContext::make(o.ca_file, o.verify_peer);
    if (context) tls_ = std::move(*context);
    reaper_ = std::jthread([this](std::stop_token stop) { reap(stop); });
  }

  // A place among the mailbox's connections; waits for one. Each acquire is followed by one release or discard.
  void acquire(const Mailbox& mailbox) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return places_[key(mailbox)].busy < options_.max_connections; });
    ++places_[key(mailbox)].busy;
  }

  // An idle link in good order, or nothing.
  std::unique_ptr<SmtpLink> reuse(const Mailbox& mailbox) {
    std::unique_lock lock(mutex_);
    auto& idle = places_[key(mailbox)].idle;
    while (!idle.empty()) {
      Idle kept = std::move(idle.back());
      idle.pop_back();
      if (kept.mailbox == mailbox && !kept.link->expired() && !kept.link->stirred()) return std::move(kept.link);
    }
    return nullptr;
  }

  tl::expected<std::unique_ptr<SmtpLink>, Delivery> connect(const Mailbox& mailbox) {
    if (!tls_) {
      Delivery d;
      d.evidence = "TLS: the certificates to trust cannot be read";
      return tl::unexpected(d);
    }
    return SmtpLink::open(mailbox, options_, *tls_, egress_);
  }

  // Ends an acquire; keeps the link, if there is one, for the next.
  void release(const Mailbox& mailbox, std::unique_ptr<SmtpLink> link) {
    std::lock_guard lock(mutex_);
    Place& place = places_[key(mailbox)];
    --place.busy;
    if (link) place.idle.push_back({mailbox, std::move(link), steady_clock::now()});
    changed_.notify_all();
  }

 private:
  struct Idle {
    Mailbox mailbox;
    std::unique_ptr<SmtpLink> link;
    steady_clock::time_point since;
  };
  struct Place {
    int busy = 0;
    std::vector<Idle> idle;
  };

  static std::string key(const Mailbox& m) {
    return m.host + '\n' + std::to_string(m.port) + '\n' + m.security + '\n' + m.username;
  }

  // Takes out what has been idle since before `limit`.
  std::vector<Idle> take_older(steady_clock::time_point limit) {
    std::vector<Idle> old;
    for (auto& [_, place] : places_) {
      for (Idle& i : place.idle) {
        if (i.since < limit) old.push_back(std::move(i));
      }
      std::erase_if(place.idle, [](const Idle& i) { return !i.link; });
    }
    std::erase_if(places_, [](const auto& p) { return p.second.busy == 0 && p.second.idle.empty(); });
    return old;
  }

  void reap(std::stop_token stop) {
    block_sigpipe();
    while (true) {
      std::vector<Idle> old;
      {
        std::unique_lock lock(mutex_);
        const auto rest = std::clamp(options_.timeouts.idle / 4, Millis(10), Millis(5000));
        stopped_.wait_for(lock, stop, rest, [] { return false; });
        old = take_older(stop.stop_requested() ? steady_clock::time_point::max()
                                               : steady_clock::now() - options_.timeouts.idle);
      }
      for (Idle& i : old) i.link->say_quit();
      if (stop.stop_requested()) return;
    }
  }

  const SmtpOptions& options_;
  Egress egress_;
  std::unique_ptr<TlsContext> tls_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable_any stopped_;
  std::map<std::string, Place> places_;
  std::jthread reaper_;  // last: it uses everything above
};

// One send(): the parcels of each mailbox in a queue, and lanes (one connection each) that empty them.
class SmtpCourier::Dispatch {
 public:
  Dispatch(Pool& pool, const SmtpOptions& o, const Gate& gate, const Done& done)
      : pool_(pool), options_(o), gate_(gate), done_(done) {}

  void run(std::vector<Parcel> parcels) {
    for (Parcel& p : parcels) queue_of(p.mailbox).waiting.push_back({std::move(p), 0});
    plan_lanes();
    {
      std::vector<std::jthread> threads;
      const size_t count = std::min(lanes_.size(), static_cast<size_t>(std::max(1, options_.max_threads)));
      for (size_t i = 0; i < count; ++i) threads.emplace_back([this] { work(); });
    }
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  struct Waiting {
    Parcel parcel;
    int tries = 0;
  };
  struct Queue {
    Mailbox mailbox;
    std::deque<Waiting> waiting;
    int serving = 0;  // lanes with a connection that works; each comes back to the queue before it ends
    int breaks = 0;   // connections lost since a message last got through
  };
  // What a lane has handed to its session and not heard of yet: the one in progress and the one after.
  using Held = std::vector<Waiting>;

  Queue& queue_of(const Mailbox& mailbox) {
    for (auto& q : queues_) {
      if (q->mailbox == mailbox) return *q;
    }
    queues_.push_back(std::make_unique<Queue>());
    queues_.back()->mailbox = mailbox;
    return *queues_.back();
  }

  // First one lane for every mailbox, then the second ones: with more lanes than threads all mailboxes still begin
  // early.
  void plan_lanes() {
    for (int round = 0; round < options_.max_connections; ++round) {
      for (auto& q : queues_) {
        if (q->waiting.size() > static_cast<size_t>(round * kParcelsPerConnection)) lanes_.push_back(q.get());
      }
    }
  }

  void work() {
    block_sigpipe();
    while (true) {
      Queue* q = nullptr;
      {
        std::lock_guard lock(mutex_);
        if (lanes_.empty()) return;
        q = lanes_.front();
        lanes_.pop_front();
      }
      pool_.acquire(q->mailbox);
      std::unique_ptr<SmtpLink> link;
      try {
        link = serve(*q);
      } catch (...) {
        remember_exception();
      }
      pool_.release(q->mailbox, std::move(link));
    }
  }

  // Runs until the queue is empty; returns the link if it is fit for more.
  std::unique_ptr<SmtpLink> serve(Queue& q) {
    while (has_waiting(q)) {
      auto link = pool_.reuse(q.mailbox);
      if (!link) {
        auto opened = pool_.connect(q.mailbox);
        if (!opened) {
          give_up(q, opened.error());
          return nullptr;
        }
        link = std::move(*opened);
      }
      {
        std::lock_guard lock(mutex_);
        ++q.serving;
      }
      if (drive(q, *link)) return link;
      if (too_many_breaks(q, link->session().finished() > 0)) drain(q, link->session().failure());
    }
    return nullptr;
  }

  // Connections that break before they have carried anything, one after the other: the server is not well.
  bool too_many_breaks(Queue& q, bool carried) {
    std::lock_guard lock(mutex_);
    q.breaks = carried ? 0 : q.breaks + 1;
    return q.breaks >= kMaxBreaks;
  }

  bool has_waiting(Queue& q) {
    std::lock_guard lock(mutex_);
    return !q.waiting.empty();
  }

  // No connection. If another lane has one, that lane does the work (servers limit connections); else all must wait.
  void give_up(Queue& q, const Delivery& why) {
    {
      std::lock_guard lock(mutex_);
      if (q.serving > 0) return;
    }
    drain(q, why);
  }

  void drain(Queue& q, Delivery why) {
    std::deque<Waiting> left;
    {
      std::lock_guard lock(mutex_);
      left.swap(q.waiting);
    }
    why.fate = Fate::deferred;
    for (Waiting& w : left) answer(w.parcel.message.touch, why);
  }

  // True: the queue is empty and the link is idle. False: the link is closed; what it held is answered or queued again.
  bool drive(Queue& q, SmtpLink& link) {
    SmtpSession& s = link.session();
    Held held;
    while (true) {
      collect(q, s, held);
      if (s.closed()) break;
      if (auto touch = s.asks_gate()) {
        ask_gate(s, *touch);
        continue;
      }
      if (s.wants_message() && offer_next(q, link, held)) continue;
      if (s.idle()) {
        if (leave_if_empty(q, link)) return true;
        continue;
      }
      link.pump();
    }
    std::lock_guard lock(mutex_);
    --q.serving;
    return false;
  }

  bool offer_next(Queue& q, SmtpLink& link, Held& held) {
    Waiting next;
    {
      std::lock_guard lock(mutex_);
      if (q.waiting.empty() || link.expired()) return false;
      next = std::move(q.waiting.front());
      q.waiting.pop_front();
    }
    ++next.tries;
    try {
      link.session().offer(outgoing(next.parcel));
      held.push_back(std::move(next));
    } catch (...) {
      remember_exception();  // a message that cannot be composed is a bug of its maker; the others still go out
    }
    return true;
  }

  // An idle link whose time is over is closed here, so that the lane opens another.
  bool leave_if_empty(Queue& q, SmtpLink& link) {
    {
      std::lock_guard lock(mutex_);
      if (q.waiting.empty()) {
        --q.serving;
        return true;
      }
    }
    if (link.expired()) {
      link.say_quit();
      link.session().lost("the connection has been in use long enough");
    }
    return false;
  }

  void ask_gate(SmtpSession& s, TouchId touch) {
    try {
      s.answer_gate(gate_ ? gate_(touch) : std::string());
    } catch (...) {
      remember_exception();
      s.lost("the gate could not be asked");
    }
  }

  void collect(Queue& q, SmtpSession& s, Held& held) {
    for (Outcome& o : s.take_outcomes()) {
      auto it =
          std::find_if(held.begin(), held.end(), [&](const Waiting& w) { return w.parcel.message.touch == o.touch; });
      check(it != held.end());
      Waiting w = std::move(*it);
      held.erase(it);
      // A kept connection that dies, or a server that takes only so many messages on one, says nothing about the
      // message.
      if (o.untouched && s.finished() > 0 && w.tries < kMaxTries) {
        std::lock_guard lock(mutex_);
        q.waiting.push_front(std::move(w));
        continue;
      }
      answer(o.touch, std::move(o.delivery));
    }
  }

  void answer(TouchId touch, Delivery d) {
    try {
      done_(touch, std::move(d));
    } catch (...) {
      remember_exception();
    }
  }

  void remember_exception() {
    std::lock_guard lock(mutex_);
    if (!thrown_) thrown_ = std::current_exception();
  }

  Pool& pool_;
  const SmtpOptions& options_;
  const Gate& gate_;
  const Done& done_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Queue>> queues_;
  std::deque<Queue*> lanes_;
  std::exception_ptr thrown_;
};

SmtpCourier::SmtpCourier(SmtpOptions options, Egress egress) : options_(std::move(options)) {
  options_.max_connections = std::clamp(options_.max_connections, 1, 10);
  pool_ = std::make_unique<Pool>(options_, std::move(egress));
}

SmtpCourier::~SmtpCourier() = default;

void SmtpCourier::send(std::vector<Parcel> parcels, const Gate& gate, const Done& done) {
  auto without_host =
      std::stable_partition(parcels.begin(), parcels.end(), [](const Parcel& p) { return !p.mailbox.host.empty(); });
  std::vector<Parcel> to_log(std::make_move_iterator(without_host), std::make_move_iterator(parcels.end()));
  parcels.erase(without_host, parcels.end());
  LogCourier().send(std::move(to_log), gate, done);
  if (!parcels.empty()) Dispatch(*pool_, options_, gate, done).run(std::move(parcels));
}

}  // namespace onward::mail
