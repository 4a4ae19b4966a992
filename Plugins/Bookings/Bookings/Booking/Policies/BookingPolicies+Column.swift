internal import AlmanacKernel
internal import AlmanacStorage

/// The form in which event types and bookings keep policies for ever.
extension BookingPolicies: JSONStreamable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("cancellation", ifPresent: self.cancellation)
            writer.member("rescheduling", ifPresent: self.rescheduling)
            writer.member("noShow", ifPresent: self.noShow)
        }
    }
}

extension CancellationPolicy: JSONStreamable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("tiers", self.tiers)
            writer.member("closedMinutes", ifPresent: self.closedMinutes)
        }
    }
}

extension ReschedulingPolicy: JSONStreamable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("tiers", self.tiers)
            writer.member("closedMinutes", ifPresent: self.closedMinutes)
            writer.member("most", ifPresent: self.most)
        }
    }
}

extension NoShowPolicy: JSONStreamable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("percent", ifPresent: self.percent)
            writer.member("amount", ifPresent: self.amount)
            writer.member("graceMinutes", self.graceMinutes)
        }
    }
}

extension FeeTier: JSONStreamable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("untilMinutes", ifPresent: self.untilMinutes)
            writer.member("percent", ifPresent: self.percent)
            writer.member("amount", ifPresent: self.amount)
        }
    }
}

extension BookingPolicies: ColumnValue {
    var sqlValue: SQLValue { .json(self) }

    init(column row: inout RowReader) throws {
        let json = try JSON(column: &row)
        self.init(
            cancellation: json["cancellation"].map { policy in
                CancellationPolicy(tiers: FeeTier.tiers(in: policy), closedMinutes: policy["closedMinutes"]?.int)
            },
            rescheduling: json["rescheduling"].map { policy in
                ReschedulingPolicy(
                    tiers: FeeTier.tiers(in: policy), closedMinutes: policy["closedMinutes"]?.int,
                    most: policy["most"]?.int)
            },
            noShow: json["noShow"].map { policy in
                NoShowPolicy(
                    percent: policy["percent"]?.int, amount: policy["amount"]?.int,
                    graceMinutes: policy["graceMinutes"]?.int ?? 0)
            })
    }
}

extension FeeTier {
    fileprivate static func tiers(in policy: JSON) -> [FeeTier] {
        (policy["tiers"]?.array ?? []).map { tier in
            FeeTier(
                untilMinutes: tier["untilMinutes"]?.int, percent: tier["percent"]?.int, amount: tier["amount"]?.int)
        }
    }
}
