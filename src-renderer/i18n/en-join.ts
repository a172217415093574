/** English of coming in: QR codes, and rings seen nearby. */
export const enJoin = {
  scan: {
    open: 'Scan a QR code',
    title: 'Scan a QR code',
    text: 'Hold the code that the other machine shows before the camera, or choose a picture of it.',
    picture: 'What the camera sees',
    starting: 'Starting the camera…',
    hold: 'Looking for a code…',
    noCamera: 'There is no camera that may be used here. A picture of the code does as well.',
    file: 'Choose a picture',
    noCode: 'There is no readable QR code on this picture.',
    otherCode: 'That QR code holds something else. Show the one that Carrossel made.',
  },
};
