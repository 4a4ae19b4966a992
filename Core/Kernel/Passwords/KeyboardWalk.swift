/// Finds texts that fingers find by themselves: along the alphabet, the digits and the rows of keyboards.
enum KeyboardWalk {
    /// Each character stands once in a row; where a row ends it begins again.
    private static let rows = [
        "abcdefghijklmnopqrstuvwxyz", "1234567890", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm",
        "azertyuiopqsdfghjklmwxcvbn", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "1q2w3e4r5t6y7u8i9o0p",
        "qazwsxedcrfvtgbyhnujmikolp", "1234567890qwertyuiopasdfghjklzxcvbnm",
    ].map { Array($0.utf8) }

    /// Whether a whole text goes along one row, forwards or backwards, in steps of one.
    ///
    /// - Parameter text: In lower case, as UTF-8; fewer than four bytes are no walk.
    /// - Returns: Whether it does.
    static func covers(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count >= 4, let first = text.first else { return false }
        return Self.rows.contains { row in
            guard let start = row.firstIndex(of: first) else { return false }
            return [1, row.count - 1].contains { step in
                var index = start
                return text.allSatisfy { byte in
                    defer { index = (index + step) % row.count }
                    return byte == row[index]
                }
            }
        }
    }
}
