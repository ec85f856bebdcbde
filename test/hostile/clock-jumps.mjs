/** Loaded before the program: the wall clock jumps a day to and fro at every look, as a bad time server makes it. */
const DAY_MS = 86_400_000;
const RealDate = Date;
let turn = 0;
const jumping = () => {
  turn += 1;
  return RealDate.now() + (turn % 2 === 0 ? DAY_MS : -DAY_MS);
};

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(jumping());
    else super(...given);
  }

  static now() {
    return jumping();
  }
};
