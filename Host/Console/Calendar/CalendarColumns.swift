/// Lays what overlaps side by side.
enum CalendarColumns {
    /// More stand above each other: so narrow, nothing could be read.
    static let most = 9

    /// Where something stands among what it overlaps with.
    struct Place: Equatable {
        /// Its column, the first is 0.
        let column: Int
        /// How many there are beside each other.
        let columns: Int
    }

    /// Places stretches, each in the first column that is free.
    ///
    /// - Parameter stretches: From and to, in any unit; what is empty counts as one unit long.
    /// - Returns: The places, in the order of the stretches.
    static func places(of stretches: [(from: Int, to: Int)]) -> [Place] {
        let order = stretches.indices.sorted { first, second in
            let (one, other) = (stretches[first], stretches[second])
            return (one.from, -one.to, first) < (other.from, -other.to, second)
        }
        var places = [Place](repeating: Place(column: 0, columns: 1), count: stretches.count)
        var group: [(index: Int, column: Int)] = []
        var ends: [Int] = []
        func close() {
            for (index, column) in group { places[index] = Place(column: column, columns: ends.count) }
            (group, ends) = ([], [])
        }
        for index in order {
            let stretch = stretches[index]
            let end = max(stretch.to, stretch.from + 1)
            if ends.allSatisfy({ $0 <= stretch.from }) { close() }
            if let free = ends.firstIndex(where: { $0 <= stretch.from }) {
                ends[free] = end
                group.append((index, free))
            } else if ends.count < Self.most {
                ends.append(end)
                group.append((index, ends.count - 1))
            } else {
                ends[Self.most - 1] = max(ends[Self.most - 1], end)
                group.append((index, Self.most - 1))
            }
        }
        close()
        return places
    }
}
