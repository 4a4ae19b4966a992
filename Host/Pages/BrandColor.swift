/// The color of a deployment, and what has to stand beside it so that everybody can read it (WCAG 2.2, 1.4.3).
package struct BrandColor: Sendable, Hashable {
    /// The name under which its styles are fetched.
    package static let file = "brand.css"
    /// What text has to differ by from what it stands on.
    package static let leastContrast = 4.5

    private let red: Double
    private let green: Double
    private let blue: Double

    /// Reads `#1a7f5a`; `nil` when it is nothing of the kind.
    package init?(_ text: String) {
        let digits = text.dropFirst()
        guard text.first == "#", digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit),
            let number = Int(digits, radix: 16)
        else { return nil }
        self.init(Double(number >> 16 & 255), Double(number >> 8 & 255), Double(number & 255))
    }

    private init(_ red: Double, _ green: Double, _ blue: Double) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    private static let white = BrandColor(255, 255, 255)
    private static let black = BrandColor(0, 0, 0)
    /// What pages are dark on, and lightest on, as the tokens in `styles.css` have it.
    private static let darkest = BrandColor(28, 29, 34)
    private static let lightest = BrandColor(247, 247, 249)

    /// The color as `#1a7f5a`.
    package var text: String {
        "#"
            + [self.red, self.green, self.blue].map { part in
                let digits = String(Int(min(max(part, 0), 255).rounded()), radix: 16)
                return digits.count == 1 ? "0\(digits)" : digits
            }.joined()
    }

    /// The relative luminance, 0 to 1.
    private var luminance: Double {
        func linear(_ part: Double) -> Double {
            let share = part / 255
            return share <= 0.04045 ? share / 12.92 : Self.power((share + 0.055) / 1.055)
        }
        return 0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// `base` to the power of 2.4, as the fifth root of its twelfth power, which is found by Newton's method.
    private static func power(_ base: Double) -> Double {
        let square = base * base
        let twelfth = square * square * square * square * square * square
        guard twelfth > 0 else { return 0 }
        var root = 1.0
        for _ in 0..<60 {
            let fourth = root * root * root * root
            root -= (root * fourth - twelfth) / (5 * fourth)
        }
        return root
    }

    /// The contrast ratio to another color, 1 to 21.
    package func contrast(to other: BrandColor) -> Double {
        let (one, two) = (self.luminance, other.luminance)
        return (max(one, two) + 0.05) / (min(one, two) + 0.05)
    }

    /// What text on it is written in: black or white, whichever can be read better, which is always well enough.
    package var ink: BrandColor { self.contrast(to: .white) >= self.contrast(to: .black) ? .white : .black }

    private func mixed(with other: BrandColor, _ share: Double) -> BrandColor {
        func mix(_ one: Double, _ two: Double) -> Double { one + (two - one) * share }
        return BrandColor(mix(self.red, other.red), mix(self.green, other.green), mix(self.blue, other.blue))
    }

    /// The color as text on a ground: as much darker or lighter as it has to be.
    package func readable(on ground: BrandColor) -> BrandColor {
        let end = ground.ink
        for step in 0...20 {
            let mixed = self.mixed(with: end, Double(step) / 20)
            if mixed.contrast(to: ground) >= Self.leastContrast { return mixed }
        }
        return end
    }

    /// Styles that put it into the tokens of the design system.
    package var styles: String {
        let (light, dark) = (self.readable(on: .lightest), self.readable(on: .darkest))
        let (softLight, softDark) = (self.mixed(with: .white, 0.9), self.mixed(with: .darkest, 0.8))
        return """
            :root {
              --accent: light-dark(\(light.readable(on: softLight).text), \(dark.readable(on: softDark).text));
              --accent-ground: \(self.text);
              --accent-ink: \(self.ink.text);
              --accent-soft: light-dark(\(softLight.text), \(softDark.text));
            }

            """
    }
}
