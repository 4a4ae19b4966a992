/// Guesses which of the known names was meant by a misspelled one.
public enum Spelling {
    /// The known name that is nearest to what was written.
    ///
    /// Counts letters to insert, remove, change or swap with their neighbor; case and the difference between `-`, `_`
    /// and nothing do not count.
    ///
    /// - Parameters:
    ///   - name: What was written; nothing is suggested for more than 64 bytes.
    ///   - known: The names there are.
    /// - Returns: The nearest name, the first of several; `nil` if none is near enough to be a slip.
    public static func nearest(to name: String, among known: some Sequence<String>) -> String? {
        guard name.utf8.count <= 64 else { return nil }
        let written = self.folded(name)
        var best: (name: String, distance: Int)?
        for candidate in known where candidate.utf8.count <= 64 {
            let distance = self.distance(written, self.folded(candidate))
            guard distance <= max(1, min(3, candidate.utf8.count / 3)) else { continue }
            if distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.name
    }

    /// The advice that goes with an unknown name: `did you mean NAME?`, or nothing.
    ///
    /// - Parameters:
    ///   - name: What was written.
    ///   - known: The names there are.
    /// - Returns: The advice, or `nil` where no name is near.
    public static func advice(for name: String, among known: some Sequence<String>) -> String? {
        self.nearest(to: name, among: known).map { "did you mean \($0)?" }
    }

    private static func folded(_ name: String) -> [UInt8] {
        name.lowercased().utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
    }

    /// The optimal string alignment distance: Levenshtein's with swapped neighbors as one step.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var row = [i + 1]
            for (j, other) in right.enumerated() {
                var steps = min(last[j + 1] + 1, row[j] + 1, last[j] + (byte == other ? 0 : 1))
                if i > 0, j > 0, byte == right[j - 1], left[i - 1] == other {
                    steps = min(steps, beforeLast[j - 1] + 1)
                }
                row.append(steps)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}
