/// Where bars and points stand in a picture of 100 units of height and ten for each point.
///
/// The picture is stretched to its place; whatever is text stands beside it, so that it is never stretched.
struct ChartDrawing {
    private let amounts: [Double]
    private let least: Double
    private let most: Double

    /// Draws so many amounts.
    init(_ amounts: [Double]) {
        self.amounts = amounts
        self.least = min(0, amounts.min() ?? 0)
        self.most = max(0, amounts.max() ?? 0)
    }

    /// How wide the picture is.
    var width: Int { max(1, self.amounts.count) * 10 }

    /// How high an amount stands, from above.
    private func place(_ amount: Double) -> Double {
        let reach = self.most - self.least
        guard reach > 0 else { return 100 }
        return ((self.most - amount) / reach * 1_000).rounded() / 10
    }

    /// The bars: where each stands and how large it is.
    var bars: [(x: String, y: String, width: String, height: String)] {
        let ground = self.place(0)
        return self.amounts.enumerated().map { index, amount in
            let place = self.place(amount)
            let (top, bottom) = (min(place, ground), max(place, ground))
            return ("\(index * 10 + 1)", "\(top)", "8", "\(((bottom - top) * 10).rounded() / 10)")
        }
    }

    /// The points of a line, as SVG wants them.
    var line: String {
        self.amounts.enumerated().map { "\($0 * 10 + 5),\(self.place($1))" }.joined(separator: " ")
    }
}
