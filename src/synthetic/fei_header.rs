//! The header that FEI and Thermo Fisher keep in TIFF tag 34682: an INI text in SI units.

use super::acquisition::{Acquisition, Vendor};
use super::number_text::general;

/// The TIFF tag.
pub const TAG: u16 = 34682;

/// The tag's bytes: lines ended by CR LF, a final zero.
pub fn bytes(acquisition: &Acquisition, group: &str) -> Vec<u8> {
    let sections = [
        user(acquisition),
        system(group),
        beam(acquisition),
        scan(acquisition),
        stage(acquisition),
        image(acquisition),
        vacuum_and_detectors(acquisition),
        private(acquisition),
    ];
    let mut text = sections.concat().replace('\n', "\r\n");
    text.push('\0');
    text.into_bytes()
}

fn user(a: &Acquisition) -> String {
    let moment = &a.taken;
    let (hour, half) = match moment.hour {
        0 => (12, "AM"),
        1..12 => (moment.hour, "AM"),
        12 => (12, "PM"),
        _ => (moment.hour - 12, "PM"),
    };
    let note = "Synthetic image, computed and not measured";
    // The Unicode copy is UTF-16 in hexadecimal, low byte first.
    let unicode: String =
        note.encode_utf16().map(|unit| format!("{:04X}", unit.swap_bytes())).collect();
    format!(
        "[User]\nDate={:02}/{:02}/{}\nTime={hour:02}:{:02}:{:02} {half}\nUser=synthetic\nUserText={note}\nUserTextUnicode={unicode}\n\n",
        moment.month, moment.day, moment.year, moment.minute, moment.second
    )
}

fn system(group: &str) -> String {
    format!(
        "[System]\nType=SEM\nDnumber=0000000\nSoftware=Semblance\nBuildNr=0\nSource=FEG\nColumn=Synthetic\nFinalLens=Synthetic\nChamber=Synthetic\nStage=Synthetic\nPump=TMP\nESEM=no\nAperture=AVA\nScan=Synthetic\nAcq=Synthetic\nEucWD=0.004\nSystemType=Synthetic SEM\nDisplayWidth=0.518\nDisplayHeight=0.324\nSampleLabel={group}\n\n"
    )
}

fn beam(a: &Acquisition) -> String {
    let volts = a.accelerating_voltage_kv * 1e3;
    let working_distance = general(a.working_distance_mm * 1e-3);
    let current = general(a.beam_current_pa * 1e-12);
    let field = field_size(a, "HFW", "VFW");
    format!(
        "[Beam]\nHV={volts}\nSpot=3\nStigmatorX=0\nStigmatorY=0\nBeamShiftX=0\nBeamShiftY=0\nScanRotation=0\nImageMode=Normal\nFineStageBias=\nBeam=EBeam\nScan=EScan\n\n\
         [EBeam]\nSource=FEG\nColumnType=Synthetic\nFinalLens=Synthetic\nAcq=Synthetic\nAperture=AVA\nApertureDiameter=3e-005\nHV={volts}\n{field}WD={working_distance}\nBeamCurrent={current}\nTiltCorrectionIsOn=no\nDynamicFocusIsOn=no\nScanRotation=0\nLensMode=Immersion\nImageMode=Normal\nBeamMode=Normal\n\n"
    )
}

fn scan(a: &Acquisition) -> String {
    let dwell = general(a.dwell_time_us * 1e-6);
    let pixel = general(a.nm_per_px * 1e-9);
    let pixels = format!("PixelWidth={pixel}\nPixelHeight={pixel}\n");
    let field = field_size(a, "HorFieldsize", "VerFieldsize");
    let line_time = a.dwell_time_us * 1e-6 * a.width_px as f64;
    let (line, frame) = (general(line_time), general(line_time * a.height_px as f64));
    format!(
        "[Scan]\nInternalScan=true\nDwelltime={dwell}\n{pixels}{field}Average=0\nIntegrate=1\nFrameTime={frame}\n\n\
         [EScan]\nScan=Synthetic\nInternalScan=true\nDwell={dwell}\n{pixels}{field}FrameTime={frame}\nLineTime={line}\nMainslock=Off\nLineIntegration=1\nScanInterlacing=1\n\n"
    )
}

fn field_size(a: &Acquisition, horizontal: &str, vertical: &str) -> String {
    let width = general(a.field_width_nm() * 1e-9);
    let height = general(a.field_height_nm() * 1e-9);
    format!("{horizontal}={width}\n{vertical}={height}\n")
}

fn stage(a: &Acquisition) -> String {
    let metres = |mm: f64| general(mm * 1e-3);
    format!(
        "[Stage]\nStageX={}\nStageY={}\nStageZ={}\nStageR=0\nStageT={}\nStageTb=0\nSpecTilt=0\nWorkingDistance={}\nActiveStage=Bulk\n\n",
        metres(a.stage_x_mm),
        metres(a.stage_y_mm),
        metres(a.stage_z_mm),
        general(a.tilt_deg.to_radians()),
        metres(a.working_distance_mm)
    )
}

/// `ResolutionY` leaves out the data bar, though the bar is in the pixels.
fn image(a: &Acquisition) -> String {
    let canvas_width = general(Vendor::Fei.reference_width_nm() * 1e-9);
    format!(
        "[Image]\nDigitalContrast=1\nDigitalBrightness=0\nDigitalGamma=1\nAverage=0\nIntegrate=1\nResolutionX={}\nResolutionY={}\nDriftCorrected=Off\nZoomFactor=1\nMagCanvasRealWidth={canvas_width}\nMagnificationMode=3\nPostProcessing=None\nTransformation=None\n\n",
        a.width_px, a.height_px
    )
}

fn vacuum_and_detectors(a: &Acquisition) -> String {
    let (pressure, detector) = (general(a.pressure_pa), a.detector);
    let signal = if detector == "BSED" { "BSE" } else { "SE" };
    format!(
        "[Vacuum]\nChPressure={pressure}\nGas=\nUserMode=High vacuum\nHumidity=\n\n\
         [Specimen]\nTemperature=\nSpecimenCurrent=\n\n\
         [Detectors]\nNumber=1\nName={detector}\nMode={signal}\n\n\
         [{detector}]\nContrast=52.5\nBrightness=44.1\nSignal={signal}\nSetting=250\n\n"
    )
}

fn private(a: &Acquisition) -> String {
    let moment = &a.taken;
    let bar = match a.data_bar_height_px {
        0 => String::new(),
        height => height.to_string(),
    };
    format!(
        "[PrivateFei]\nBitShift=0\nDataBarSelected=HV mag HFW WD det Label MicronBar\nTimeOfCreation={:02}.{:02}.{} {:02}:{:02}:{:02}\nDatabarHeight={bar}\n\n",
        moment.day, moment.month, moment.year, moment.hour, moment.minute, moment.second
    )
}
