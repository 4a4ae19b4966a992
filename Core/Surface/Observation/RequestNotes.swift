internal import AlmanacKernel
internal import Synchronization

/// What becomes known of a request while it is answered, for those who observe requests.
///
/// It travels with the request, so that nothing has to hand it on.
package final class RequestNotes: Sendable {
    struct Facts: Sendable {
        /// The name of the operation; `none` until one is found.
        var operation = RequestMetrics.noOperation
        /// The template of the path, as `/api/v1/bookings/{id}`; `nil` until one is found.
        var route: String?
        /// The call, once it is known who calls.
        var call: Call?
        /// The caller's address, as far as the proxies can be believed.
        var address: String?
        /// The code of the problem that was answered.
        var code: String?
        /// With what somebody has signed in, where that varies.
        var means: SignInMeans?
    }

    private let state: Mutex<Facts>

    init(address: String?) {
        var facts = Facts()
        facts.address = address
        self.state = Mutex(facts)
    }

    var facts: Facts { self.state.withLock { $0 } }

    func found(operation: String, at route: String) {
        self.state.withLock { facts in
            facts.operation = operation
            facts.route = route
        }
    }

    func found(_ call: Call) {
        self.state.withLock { facts in
            facts.call = call
            facts.address = call.origin.address
        }
    }

    func signedIn(by means: SignInMeans) { self.state.withLock { $0.means = means } }

    func refused(_ code: String) { self.state.withLock { $0.code = code } }
}
