/**
 * Could somebody have gone from one country to another between two sign-ins? A country is a few circles that cover where
 * its people live, so that what is measured is never more than the way between two borders, about. The answer is no
 * proof: a telephone that roams has the addresses of its own country, and a company's network or a VPN those of another.
 */
import type { Instant } from '../kernel/clock.ts'
import { hour } from '../kernel/durations.ts'

/** Kilometres per hour; an airliner flies at 900, with the wind behind it at 1,100. */
export const travelSpeed = 1_000

/** Kilometres. Below it a border, a ship, or the table of addresses explains it. */
export const nearby = 500

export interface Sighting {
  /** ISO 3166-1 alpha-2. */
  country: string
  at: Instant
}

/**
 * Kilometres between two countries, at the least: 0 when they touch or are the same; undefined when one of them is not in
 * the table, and then nobody is said to have travelled.
 */
export function distanceBetween(a: string, b: string): number | undefined {
  const [from, to] = [circlesOf(a), circlesOf(b)]
  if (!from || !to) return undefined
  if (a === b) return 0
  return Math.min(...from.flatMap((one) => to.map((other) => gapBetween(one, other))))
}

/** Faster than `speed` (kilometres per hour), over more than `nearby`. Two clocks that disagree make no time less than none. */
export function isImpossibleTravel(from: Sighting, to: Sighting, speed: number): boolean {
  const distance = distanceBetween(from.country, to.country)
  if (distance === undefined || distance <= nearby) return false
  const hours = Math.max(0, to.at - from.at) / hour
  return distance > hours * speed
}

interface Circle {
  latitude: number
  longitude: number
  /** Kilometres. */
  radius: number
}

const earthRadius = 6_371

function gapBetween(a: Circle, b: Circle): number {
  const [from, to] = [radians(a.latitude), radians(b.latitude)]
  const along = radians(b.longitude - a.longitude)
  // The haversine formula.
  const half = Math.sin((to - from) / 2) ** 2 + Math.cos(from) * Math.cos(to) * Math.sin(along / 2) ** 2
  const distance = 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(half)))
  return Math.max(0, distance - a.radius - b.radius)
}

const radians = (degrees: number) => (degrees * Math.PI) / 180

let read: Map<string, readonly Circle[]> | undefined

function circlesOf(country: string): readonly Circle[] | undefined {
  read ??= new Map(
    circles
      .trim()
      .split(/\s*\n\s*/)
      .map((line) => [line.slice(0, 2), line.slice(3).split(', ').map(circleOf)]),
  )
  return read.get(country)
}

function circleOf(text: string): Circle {
  const [latitude = 0, longitude = 0, radius = 0] = text.split(' ').map(Number)
  return { latitude, longitude, radius }
}

/** Each circle: latitude, longitude, radius in kilometres. Rough on purpose; what is far apart is. */
const circles = `
AD 42.5 1.6 20
AE 24 54.3 280
AF 34 66 550
AG 17.2 -61.8 40
AI 18.2 -63.1 15
AL 41.1 20 170
AM 40.2 45 170
AO -12.3 17.5 750, -5.5 12.3 80
AQ -82 0 2000, -72 120 1500, -75 -100 1500, -63 -58 400
AR -28 -63 800, -38 -65 750, -49 -69.5 700
AS -14.3 -170.7 60
AT 47.6 13.5 300
AU -25 134 1000, -32 118 800, -30 149 1000, -18 145 700, -37.5 145 500, -15 128 700, -42.5 147 250
AW 12.5 -70 20
AX 60.2 20 60
AZ 40.3 47.7 250
BA 44.2 17.8 160
BB 13.2 -59.5 20
BD 23.8 90.3 330
BE 50.6 4.7 150
BF 12.3 -1.7 430
BG 42.7 25.4 260
BH 26 50.5 40
BI -3.4 29.9 130
BJ 9.5 2.3 350
BL 17.9 -62.8 10
BM 32.3 -64.8 15
BN 4.5 114.7 80
BO -17 -64.5 780
BQ 12.2 -68.3 30, 17.6 -63.1 30
BR -10 -55 1400, -5 -67 900, -8 -40 900, -22 -48 900, -30 -53 500
BS 24.5 -76.5 420
BT 27.4 90.4 170
BV -54.4 3.4 10
BW -22.2 24 520
BY 53.6 28 330
BZ 17.2 -88.6 150
CA 49 -120 900, 62 -125 900, 54 -100 900, 48 -84 700, 47 -72 700, 47.5 -60 700, 65 -90 1100, 54 -66 600
CC -12.2 96.9 20
CD -3 23.5 1050, -10 27 500, -5 14 350
CF 6.6 20.5 650
CG -1 15.5 500, -4 12.5 200
CH 46.8 8.2 190
CI 7.6 -5.6 380
CK -19 -160 600
CL -22 -69.5 500, -31 -71 500, -39 -72.5 500, -50 -73 800, -27.1 -109.4 30
CM 4.5 12.3 380, 9.5 14 420
CN 33 112 1200, 43 124 800, 40 90 1300, 31 90 1100, 25 104 800
CO 4 -73 850
CR 9.9 -84.1 220
CU 22 -79.2 350, 20.5 -76 250, 22.7 -82.5 250
CV 16 -24 170
CW 12.2 -69 35
CX -10.5 105.6 15
CY 35.1 33.3 120
CZ 49.8 15.4 240
DE 51.1 10.3 430
DJ 11.7 42.5 110
DK 56 10.3 220, 55.1 14.9 30
DM 15.4 -61.4 25
DO 18.8 -70.4 180
DZ 33.5 3 750, 25 3 950
EC -1.5 -78.5 380, -0.6 -90.4 170
EE 58.7 25.6 190
EG 27 30 650
EH 24.3 -13.7 420
ER 15.4 38.5 370
ES 40.2 -3.7 480, 39.5 2.9 120, 28.3 -15.7 260
ET 8.8 39.6 720
FI 64 26 620
FJ -17.8 178 250
FK -51.7 -59.4 130
FM 7 151 1300
FO 62 -6.9 60
FR 46.6 2.5 520, 42.1 9.1 110
GA -0.7 11.8 340
GB 52.8 -1.7 400, 56.8 -4.2 330, 54.6 -6.7 100
GD 12.1 -61.7 25
GE 42 43.6 240
GF 4 -53.1 220
GG 49.5 -2.5 30
GH 7.9 -1.2 370
GI 36.1 -5.3 10
GL 64 -51 450, 70 -52 600, 66 -37 400, 76 -60 800
GM 13.4 -15.4 170
GN 10.4 -11 350
GP 16.2 -61.5 60
GQ 1.7 10.4 120, 3.6 8.7 40
GR 39 22.5 330, 36.5 26.5 260
GS -54.4 -36.7 120
GT 15.6 -90.3 220
GU 13.4 144.8 30
GW 12 -15 160
GY 5 -58.9 380
HK 22.3 114.2 35
HM -53.1 73.5 20
HN 14.8 -86.6 280
HR 45.4 16.2 200, 43.3 17 170
HT 18.9 -72.6 170
HU 47.2 19.4 240
ID -1 102 900, -7 110 650, -1 115 650, -3 121 600, -5 137 900, -8.7 119 700
IE 53.3 -8 220
IL 31.4 35 210
IM 54.2 -4.5 30
IN 28 77 750, 22 80 750, 13 78 700, 26 92 500, 11 93 300
IO -7.3 72.4 40
IQ 33.1 43.8 470
IR 32.5 54 850
IS 64.9 -18.6 270
IT 44.5 10.5 380, 41 15 350, 37.6 14.2 190, 40 9 160
JE 49.2 -2.1 15
JM 18.1 -77.3 120
JO 31.3 36.8 230
JP 35.5 137.5 550, 41.5 142 450, 33 131.5 350, 26.5 128 350
KE 0.5 37.9 500
KG 41.5 74.6 420
KH 12.6 104.9 260
KI 1.5 173 300, 1.9 -157.4 300
KM -12 43.8 110
KN 17.3 -62.7 25
KP 40.2 127 300
KR 36.3 127.8 250, 33.4 126.5 50
KW 29.3 47.6 100
KY 19.4 -80.9 110
KZ 48 68 1150, 46 53 500, 48 82 450
LA 20 102.8 260, 16 105.8 260
LB 33.9 35.9 100
LC 13.9 -61 30
LI 47.1 9.6 15
LK 7.7 80.7 220
LR 6.5 -9.4 230
LS -29.6 28.2 120
LT 55.3 23.9 200
LU 49.8 6.1 45
LV 56.9 24.9 230
LY 28 17 800
MA 32 -6 550, 27.5 -12 350
MC 43.7 7.4 5
MD 47.2 28.5 180
ME 42.8 19.3 100
MF 18.1 -63.1 10
MG -19.4 46.7 750
MH 8 170 500
MK 41.6 21.7 120
ML 13.5 -6.5 600, 18 -1.5 700
MM 21 96.3 700, 13.5 98.5 450
MN 46.8 103 950
MO 22.2 113.5 10
MP 16 145.7 180
MQ 14.6 -61 40
MR 19.5 -10.8 720
MS 16.7 -62.2 15
MT 35.9 14.4 30
MU -20.2 57.6 50, -19.7 63.4 20
MV 3.5 73.2 480
MW -13.2 34.2 430
MX 22 -101 850, 29 -111 700, 18 -93 600, 20 -89 300
MY 4 102.2 380, 3.5 114 560
MZ -16.5 37 720, -23 34 420
NA -22 17.2 740, -17.9 23 250
NC -21.3 165.5 220
NE 17 9 720, 13.7 3 300
NF -29 168 10
NG 9.4 8.2 640
NI 12.9 -85 250
NL 52.2 5.5 170
NO 60.5 8.5 330, 65 13.5 330, 69.5 23 430, 78.5 16 300
NP 28.3 83.9 430
NR -0.5 166.9 10
NU -19 -169.9 15
NZ -38.5 176 400, -43.8 170.5 450, -44 -176.5 60
OM 20.8 56.5 520
PA 8.5 -80.1 340
PE -9.5 -75.2 850
PF -17.6 -149.5 1000
PG -6.5 146 650
PH 15.5 121 420, 10.5 123.5 380, 7.3 125 330, 9.7 118.5 250
PK 30 70 680, 35 74 350
PL 52.1 19.3 390
PM 46.9 -56.3 25
PN -25.1 -130.1 100
PR 18.2 -66.4 110
PS 31.9 35.2 90
PT 39.6 -8.2 300, 32.7 -16.9 70, 38.2 -27.5 330
PW 7.4 134.5 200
PY -23.2 -58.4 480
QA 25.3 51.2 90
RE -21.1 55.5 40
RO 45.9 25 370
RS 44.2 20.8 260
RU 56 40 1000, 65 45 800, 45 43 450, 57 62 750, 55 78 750, 60 95 1000, 54 110 800, 62 125 1000, 47 138 700, 66 160 1200, 54.7 20.5 100, 68 33 300
RW -2 29.9 120
SA 24 44.5 850, 29 39 400, 19 47 650
SB -9 160 500
SC -5.5 53 700
SD 15.5 30.2 780
SE 57.5 14.5 330, 62 15.5 330, 66.5 19.5 330
SG 1.35 103.8 30
SH -15.9 -5.7 15, -8 -14.4 15, -37.1 -12.3 40
SI 46.1 14.8 130
SJ 78.5 18 350, 71 -8.5 50
SK 48.7 19.5 220
SL 8.5 -11.8 170
SM 43.9 12.5 10
SN 14.4 -14.5 330
SO 9.5 47.5 420, 3.5 44.5 500
SR 4.1 -55.9 240
SS 7.3 30.2 570
ST 0.7 6.9 110
SV 13.7 -88.9 140
SX 18 -63.1 10
SY 35 38.5 350
SZ -26.5 31.5 100
TC 21.8 -71.8 80
TD 15.4 18.7 850
TF -49.3 69.5 150, -46.4 51.8 60, -38.3 77.5 80
TG 8.5 1 310
TH 15.5 101.2 480, 9 99.2 420
TJ 38.6 71.2 370
TK -9 -171.8 110
TL -8.8 125.9 160
TM 39.2 59.4 600
TN 34.5 9.6 400
TO -20 -174.8 250
TR 39 31.5 520, 39 40.5 430
TT 10.5 -61.2 80
TV -7.8 178.5 350
TW 23.7 121 210
TZ -6.3 34.9 640
UA 49 28.5 480, 48.5 36 400
UG 1.3 32.4 340
UM 19.3 166.6 20, 28.2 -177.4 20, 16.7 -169.5 20
US 39 -120 800, 40 -104 850, 40 -88 900, 40 -76 750, 30 -85 800, 31 -100 750, 62 -150 1100, 20.8 -157.5 350
UY -32.9 -56 320
UZ 41 64.5 620, 40.5 70.5 250
VA 41.9 12.45 2
VC 13.2 -61.2 50
VE 7.5 -66 720
VG 18.4 -64.6 40
VI 18 -64.8 50
VN 21 105.3 330, 16 107.8 330, 11.3 107 330
VU -16.3 167.5 450
WF -13.8 -177.2 140
WS -13.7 -172.2 80
XK 42.6 20.9 80
YE 15.6 47.5 500, 12.5 53.9 80
YT -12.8 45.2 30
ZA -30 25 700, -26 30 350, -33 19.5 300
ZM -13.5 28 620
ZW -19 29.8 430
`
